select stream_number, actual_revision, known_position
from creditfold_events.append_to_streams($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
