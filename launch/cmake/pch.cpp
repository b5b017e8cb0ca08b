// Carries the precompiled header that all LibTorch targets share.
