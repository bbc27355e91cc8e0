drop table response_count
