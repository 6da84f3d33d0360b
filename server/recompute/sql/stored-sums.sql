select indicator, period, school_id as school, numerator, denominator from indicator_sum where day = $1::date
