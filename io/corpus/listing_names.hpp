#pragma once

#include <filesystem>

#include "io/corpus/corpus.hpp"

namespace sslslr::io {

/// Checks that names of clips, labels, signers and splits can be stored: UTF-8, and without '/' for splits.
/// @throws DataError  names the first that cannot, and what to do
void check_names(const Listing& listing, const std::filesystem::path& input);

/// Adds notes on names that may mean the same ("Hello" and "hello", "1" and "1.0", "é" in two Unicode
/// forms), and on labels and signers that may stand for an empty cell ("nan").
void note_similar_names(Listing& listing);

/// Takes the top-level folders as splits, with a note, if the listing has no splits yet and all these folders
/// have the name of a split and contain folders of labels (train/LABEL/x, test/LABEL/y).
void read_split_folders(Listing& listing);

}  // namespace sslslr::io
