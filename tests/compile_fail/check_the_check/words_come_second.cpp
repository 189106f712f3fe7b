// expect: these words
template <class T>
void f() {
    static_assert(sizeof(T) == 0, "those words come first");
    static_assert(sizeof(T) == 0, "these words come second");
}
int main() { f<int>(); }
