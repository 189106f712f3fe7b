# A line through data with three gross errors; coefficients when one year is left out
set multiplot layout 1,2 title 'Huber resists outliers, a ridge resists collinearity; least squares neither' font ',16'
@left; set lmargin at screen 0.155
set title 'Three slips of the decimal point' font ',14'
set xlabel 'true ozone concentration'; set ylabel 'reading of the instrument' offset 1
set xrange [0:1100]; set yrange [-1500:10500]; set ytics 2500; set xtics 500
set label "least\nsquares" at 760, 4200 tc rgb red; set label 'Huber' at 850, 500 tc rgb blue offset -0.5,-0.2
set label 'slip' at 996, 9982 right offset -0.8,0 tc rgb grey; set label 'slip' at 779, 7800 right offset -0.8,0 tc rgb grey
set label 'slip' at 447, 45 offset 0.6,-0.6 tc rgb grey
plot pulled * x + pulled_b with lines lc rgb red lw 2, held * x + held_b with lines lc rgb blue lw 2, \
     $readings with points pt 7 ps 0.6 lc rgb 'black'
unset label
@right
set title 'Leaving out one year at a time' font ',14'
set xlabel 'coefficient (10⁶ jobs per s.d.)'; unset ylabel
set xrange [-9:13]; set yrange [5.5:-0.5]; set xtics 5
set ytics ('prices' 0, 'product' 1, 'jobless' 2, 'military' 3, 'population' 4, 'year' 5)
set arrow from 0, graph 0 to 0, graph 1 nohead lc rgb grey lw 0.8
set label 'least squares' at 12.8, 0 right tc rgb red; set label 'ridge' at 12.8, 0.45 right tc rgb blue
plot $all using 2:($1 - 0.13) with points pt 7 ps 0.5 lc rgb red, $all using 3:($1 + 0.13) with points pt 7 ps 0.5 lc rgb blue
