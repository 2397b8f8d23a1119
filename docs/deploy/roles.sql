-- Run once, by the owner, in the empty database (the postgres image does so at its first start).
--
-- The application gets rows and nothing else: no TRUNCATE, no ALTER, no triggers switched off. Together with the
-- append-only triggers of the history this means that even a taken-over web process can't rewrite what happened.
\getenv password APP_DATABASE_PASSWORD
CREATE ROLE evenkeel_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD :'password';
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT CONNECT ON DATABASE :DBNAME TO evenkeel_app;
GRANT USAGE ON SCHEMA public TO evenkeel_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO evenkeel_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO evenkeel_app;
