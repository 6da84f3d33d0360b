select code from river_station order by code
