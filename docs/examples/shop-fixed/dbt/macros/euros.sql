{% macro euros(cents) -%}
    cast({{ cents }} as numeric) / 100
{%- endmacro %}
