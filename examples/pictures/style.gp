# What all pictures share: 700 pixels wide, for which the size of the letters is made; colours that the colour-blind can tell apart
# (Okabe and Ito 2008).
set terminal svg size 700,460 font 'sans-serif,14' background '#ffffff' linewidth 1.5
blue = '#0072b2'; red = '#d55e00'; green = '#009e73'; grey = '#777777'
pale_blue = '#cfe3f1'; pale_red = '#f8dcc8'; pale_green = '#cdebdf'
set encoding utf8
set border 3 lc rgb '#444444'
set tics nomirror out textcolor rgb '#444444'
set grid lc rgb '#e4e4e4' lw 0.7 dt solid
set key noautotitle
set title font ',16'
set samples 200
# of two panels one begins with @left, the other with @right
left = 'set lmargin at screen 0.14; set rmargin at screen 0.48; set bmargin at screen 0.17; set tmargin at screen 0.83'
right = 'set lmargin at screen 0.63; set rmargin at screen 0.98; set bmargin at screen 0.17; set tmargin at screen 0.83'
