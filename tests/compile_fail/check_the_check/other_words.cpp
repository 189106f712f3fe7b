// expect: these words
static_assert(false, "those words");
