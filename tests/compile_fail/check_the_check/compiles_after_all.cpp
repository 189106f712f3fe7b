// expect: these words
int main() {}
