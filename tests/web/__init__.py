"""Tests of portal/web: templates, fields, errors, language, assets."""
