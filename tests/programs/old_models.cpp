// A library of another time: what it says of itself is not what any trainer is.
extern "C" const char* tidemark_binary_interface() {
    return "model interface 0, LibTorch 0.4.1";
}
extern "C" void tidemark_add_models(void*) {}
