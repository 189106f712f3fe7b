inline void hello() { std::cout << "hello"; }
