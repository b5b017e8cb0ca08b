#pragma once

#include <filesystem>

#include "io/corpus/corpus.hpp"

namespace sslslr::io {

/// Checks that clips, labels, signers and splits have names that a store can hold: UTF-8, and no '/' in a split's.
/// @throws DataError  names the first that has not, and what to do
void check_names(const Listing& listing, const std::filesystem::path& input);

/// Adds notes on names that may be meant to be the same ("Hello" and "hello", "1" and "1.0", "é" in two Unicode forms),
/// and on labels and signers that read like an empty cell ("nan").
void note_similar_names(Listing& listing);

/// Reads the folders at the top as splits, and notes it, where all are named as splits are and hold folders
/// of labels (train/LABEL/x, test/LABEL/y), and the listing has no splits yet.
void read_split_folders(Listing& listing);

}  // namespace sslslr::io
