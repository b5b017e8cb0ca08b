#pragma once

#include <functional>
#include <utility>
#include <vector>

#include "io/corpus/corpus.hpp"
#include "io/corpus/folder_tree.hpp"
#include "io/corpus/open_corpus.hpp"

namespace sslslr::io {

/// A corpus with one file per clip below a folder. A clip's label is the name of its folder, if it is in one.
class FileCorpus final : public Corpus {
public:
    using Read = std::function<ImportedClip(const std::filesystem::path&)>;
    using Files = std::function<std::vector<std::filesystem::path>(const std::filesystem::path&)>;

    /// @param files  returns the files that a clip's path stands for, if not the path itself; must not throw
    FileCorpus(
        Listing listing, std::vector<std::filesystem::path> paths, Read read,
        Files files = [](const std::filesystem::path& path) { return std::vector{path}; })
        : listing_{std::move(listing)},
          paths_{std::move(paths)},
          read_{std::move(read)},
          files_{std::move(files)} {}

    const Listing& listing() const override { return listing_; }
    ImportedClip read(std::size_t clip) override { return read_(paths_.at(clip)); }
    std::vector<std::filesystem::path> files(std::size_t clip) const override {
        return files_(paths_.at(clip));
    }

private:
    Listing listing_;
    std::vector<std::filesystem::path> paths_;
    Read read_;
    Files files_;
};

/// Lists the files with one of the extensions below the input. @throws DataError  there are none
std::unique_ptr<Corpus> open_files(const CorpusOptions& options, const std::vector<std::string>& extensions,
                                   FileCorpus::Read read);

}  // namespace sslslr::io
