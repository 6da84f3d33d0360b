-- The sites of a school, the main one first.
select code, name, is_main as main from site where school_id = $1::int order by is_main desc, code
