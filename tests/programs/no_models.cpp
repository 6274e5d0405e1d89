// A library without models.
extern "C" int nothing() {
    return 0;
}
