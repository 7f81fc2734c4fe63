select actual_revision, is_appended, repeated_position, head_position
from creditfold_events.append_events($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
