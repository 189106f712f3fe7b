# Two species and three species of iris with the boundaries between them
set multiplot layout 1,2 title 'Where two classes are equally likely, the boundary is a straight line' font ',16'
@left
set title 'Two species by their petals, with P(virginica)' font ',14'
set xlabel 'petal length (cm)'; set ylabel 'petal width (cm)'
set xrange [2.8:7.2]; set yrange [0.8:2.7]; set ytics 0.5; set xtics 1
line(x, d) = even + slope * (x - 3) + d * spread
set style textbox opaque noborder
do for [d=-1:1] {
    height = 1.02 + 0.14 * d
    set label sprintf('%.1f', 0.5 + 0.4 * d) at 3 + (height - even - d * spread) / slope, height center boxed front tc rgb grey
}
set label 'versicolor' at 3, 0.88 tc rgb blue; set label 'virginica' at 5.6, 2.61 tc rgb red
plot for [d=-1:1] line(x, d) with lines lc rgb grey lw (d ? 1 : 2), $versicolor using 3:4 with points pt 7 ps 0.7 lc rgb blue, \
     $virginica using 3:4 with points pt 9 ps 0.8 lc rgb red
unset label
@right
set title 'Three species by their sepals' font ',14'
set xlabel 'sepal length (cm)'; set ylabel 'sepal width (cm)'
set label 'setosa' at 4.1, 4.4 front tc rgb green; set label 'versicolor' at 5.2, 1.9 front tc rgb blue; set label 'virginica' at 6.75, 4.4 front tc rgb red
set label '1/3 each' at middle_x, middle_y point pt 6 ps 1.5 lc rgb 'black' offset 0.8,0.6 front
set xrange [4:8.2]; set yrange [1.8:4.6]
plot $setosa_region with filledcurves closed fc rgb pale_green, $versicolor_region with filledcurves closed fc rgb pale_blue, \
     $virginica_region with filledcurves closed fc rgb pale_red, \
     $setosa with points pt 5 ps 0.6 lc rgb green, $versicolor with points pt 7 ps 0.7 lc rgb blue, $virginica with points pt 9 ps 0.8 lc rgb red
