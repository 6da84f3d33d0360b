-- Where the materialised rows of a continuous aggregate are kept.
select materialization_hypertable_schema as schema, materialization_hypertable_name as name
from timescaledb_information.continuous_aggregates
where view_schema = current_schema() and view_name = $1::text
