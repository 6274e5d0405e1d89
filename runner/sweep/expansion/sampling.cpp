#include "sweep/expansion/sampling.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace tidemark::sweep {
namespace {

using Column = std::vector<std::size_t>;

/// Which point of an axis each cell has: all points in turn, those that come once more at random, shuffled.
Column shuffled_points(std::size_t size, std::size_t count, SampleRandom& random) {
    Column order(size);
    for (std::size_t i = 0; i < size; ++i) order[i] = i;
    const auto shuffle = [&](Column& all) {
        for (std::size_t i = all.size(); i > 1; --i) std::swap(all[i - 1], all[random.below(i)]);
    };
    shuffle(order);
    Column points(count);
    for (std::size_t i = 0; i < count; ++i) points[i] = order[i % size];
    shuffle(points);
    return points;
}

std::uint64_t number_of_cell(const std::vector<Column>& axes, const std::vector<std::size_t>& sizes,
                             std::size_t cell) {
    std::uint64_t number = 0;
    for (std::size_t axis = 0; axis < axes.size(); ++axis) number = number * sizes[axis] + axes[axis][cell];
    return number;
}

}  // namespace

std::uint64_t SampleRandom::next() {
    state_ += 0x9E3779B97F4A7C15;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
    return mixed ^ (mixed >> 31);
}

std::uint64_t SampleRandom::below(std::uint64_t end) {
    const std::uint64_t uneven = (UINT64_MAX % end + 1) % end;  // so many numbers at the end are left over
    for (;;) {
        const std::uint64_t number = next();
        if (number <= UINT64_MAX - uneven) return number % end;
    }
}

std::uint64_t DistinctDraws::draw() {
    const auto at = [this](std::uint64_t place) {
        const auto moved = moved_.find(place);
        return moved == moved_.end() ? place : moved->second;
    };
    const std::uint64_t place = drawn_ + random_.below(left());
    const std::uint64_t number = at(place);
    moved_[place] = at(drawn_);
    moved_.erase(drawn_++);
    return number;
}

std::vector<std::uint64_t> latin_hypercube(const std::vector<std::size_t>& sizes, std::uint64_t count,
                                           std::uint64_t seed) {
    SampleRandom random(seed);
    std::vector<Column> axes;
    for (const std::size_t size : sizes) axes.push_back(shuffled_points(size, count, random));
    std::vector<std::uint64_t> numbers(count);
    std::map<std::uint64_t, std::uint64_t> times;  // a number is taken
    for (std::size_t cell = 0; cell < count; ++cell)
        ++times[numbers[cell] = number_of_cell(axes, sizes, cell)];
    const auto renumber = [&](std::size_t cell) {
        if (--times[numbers[cell]] == 0) times.erase(numbers[cell]);
        ++times[numbers[cell] = number_of_cell(axes, sizes, cell)];
    };
    // what two cells exchange leaves each point as often as it was
    const std::uint64_t most_exchanges = 1000 + 100 * count;
    std::uint64_t exchanges = 0;
    for (std::size_t cell = 0; times.size() < count && exchanges < most_exchanges;
         cell = (cell + 1) % count) {
        if (times[numbers[cell]] < 2) continue;
        ++exchanges;
        Column& axis = axes[random.below(axes.size())];
        const std::size_t other = random.below(count);
        const std::size_t before = times.size();
        const auto exchange = [&] {
            std::swap(axis[cell], axis[other]);
            renumber(cell);
            renumber(other);
        };
        exchange();
        if (times.size() < before) exchange();
    }
    std::ranges::sort(numbers);
    numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
    return numbers;
}

}  // namespace tidemark::sweep
