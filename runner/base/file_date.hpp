#pragma once

#include <ctime>

namespace tidemark {

/// The date that the kernel gives to a file that is written now: its clock moves on by ticks, of up to 10 ms.
timespec file_date_of_now();

}  // namespace tidemark
