/* a comment */ inline void hello() { std::printf("hello"); }
