# build.sh INC OUT
for f in float double long_double; do nice g++ -std=c++20 -O1 -DNDEBUG -I$1 -I/work/main/tests -isystem /usr/include/eigen3 -c /work/main/tests/trials/fits_$f.cpp -o /tmp/t2/$2_$f.o & 
done; wait
[ -e /tmp/t2/digits.o ] || g++ -std=c++20 -O2 -I$1 -I/work/main/tests -isystem /usr/include/eigen3 -c /work/main/tests/trials/digits.cpp -o /tmp/t2/digits.o
g++ /tmp/t2/digits.o /tmp/t2/$2_*.o -o /tmp/t2/$2
