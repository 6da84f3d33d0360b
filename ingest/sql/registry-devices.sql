select id, school_id as school, code, valid_from as "validFrom", valid_to as "validTo" from device
