-- Schools of a day that have sums of rolls already.
select distinct school_id as school from indicator_sum where day = $1::date and indicator = 'roll-completeness'
