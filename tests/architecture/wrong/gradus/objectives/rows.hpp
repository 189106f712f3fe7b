inline void look(const Design<double>& X) { RowBlock<double> block(X, scratch, rows); }
