inline void hello() { std::cerr << "hello"; }
