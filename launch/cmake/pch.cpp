// Source file of the target whose precompiled header all LibTorch targets share.
