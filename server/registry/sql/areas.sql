select code, kind, name_vi, valid_from, valid_to
from area
where kind in ('district', 'commune')
order by code
