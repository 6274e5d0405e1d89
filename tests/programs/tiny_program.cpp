// The least that a program can be: no library, no stack to speak of, and its end at once.
extern "C" [[noreturn]] void _start();

extern "C" [[noreturn]] void _start() {
#if defined(__x86_64__)
    asm volatile("syscall" : : "a"(231L), "D"(0L) : "memory");  // exit_group(0)
#elif defined(__aarch64__)
    register long number asm("x8") = 94;
    register long status asm("x0") = 0;
    asm volatile("svc 0" : : "r"(number), "r"(status) : "memory");
#else
#error "how to exit is not known for this processor"
#endif
    for (;;) {
    }
}
