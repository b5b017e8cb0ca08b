// Source file of the targets whose precompiled headers most other targets share.
