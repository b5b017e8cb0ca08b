#pragma once

#include <functional>
#include <memory>
#include <string>

#include "io/corpus/open_corpus.hpp"

namespace sslslr::io {

/// Opens a corpus. Throws a DataError if it cannot.
using CorpusOpener = std::function<std::unique_ptr<Corpus>(const CorpusOptions&)>;

/// Suggests another input folder when no corpus, or none with frames, was found: the first folder one level
/// down or up that has clips with frames in the format. Empty if there is none, and for formats whose files
/// are found at any depth.
std::string advice_on_root(const CorpusOptions& options, const CorpusOpener& open);
/// Does the same with the opener of open_corpus().
std::string advice_on_root(const CorpusOptions& options);

}  // namespace sslslr::io
