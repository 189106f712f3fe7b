inline void walk(const Design<double>& X) { for_each_block<double>(X, all, scratch, see); }
