#pragma once

#include <functional>
#include <memory>
#include <string>

#include "io/corpus/open_corpus.hpp"

namespace sslslr::io {

/// Opens a corpus, or throws DataError.
using CorpusOpener = std::function<std::unique_ptr<Corpus>(const CorpusOptions&)>;

/// Where a corpus of folders is not found, or found without a frame: names the folder one level up or down that has
/// clips with frames in that format, as something to try. Empty if none is seen, and for formats that find their files
/// at any depth.
std::string advice_on_root(const CorpusOptions& options, const CorpusOpener& open);
/// The same with open_corpus.
std::string advice_on_root(const CorpusOptions& options);

}  // namespace sslslr::io
