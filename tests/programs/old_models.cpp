// A library of another time: it calls what LibTorch no longer has, and what it says of itself is not what any
// trainer is.
namespace torch {
void of_another_time();
}

extern "C" const char* tidemark_binary_interface() {
    return "model interface 0, LibTorch 0.4.1";
}
extern "C" void tidemark_add_models(void*) {
    torch::of_another_time();
}
