inline void look(const Design<double>& X) { X.storage().read(rows, out); }
