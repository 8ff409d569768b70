INSERT INTO dim_users (user_id, email, country, valid_from, valid_to, is_current)
VALUES ('123', 'user@mail.example', 'EU', '2025-01-26', '9999-12-31', TRUE);

UPDATE dim_users
SET valid_to = '2025-01-25', is_current = FALSE
WHERE user_id = '123' AND is_current = TRUE;
