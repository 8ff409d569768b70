"""What Python code says of tables: Alembic's and Django's operations, the models of Django and SQLAlchemy."""
