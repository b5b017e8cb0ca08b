#include "io/corpus/open_corpus.hpp"

#include <map>
#include <numeric>
#include <stdexcept>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "io/corpus/file_corpus.hpp"
#include "io/corpus/listing_names.hpp"
#include "io/corpus/metadata.hpp"
#include "io/corpus/nearby_root.hpp"
#include "io/file/data_error.hpp"
#include "io/file/setting.hpp"

namespace sslslr::io {
namespace {

using Open = std::unique_ptr<Corpus> (*)(const CorpusOptions&);

const std::map<std::string, Open>& readers() {
    static const std::map<std::string, Open> all{
        {"asl-citizen", open_asl_citizen}, {"hdf5", open_hdf5},     {"lsfb", open_lsfb},
        {"mp-data", open_mp_data},         {"npy", open_npy},       {"pose", open_pose},
        {"openpose", open_openpose},       {"spoter", open_spoter},
    };
    return all;
}

/// A corpus with the names, labels and splits that lists give to its clips.
class ListedCorpus final : public Corpus {
public:
    ListedCorpus(std::unique_ptr<Corpus> corpus, const CorpusOptions& options)
        : corpus_{std::move(corpus)}, listing_{corpus_->listing()}, origins_(listing_.clips.size()) {
        std::iota(origins_.begin(), origins_.end(), std::size_t{0});
        check_names(listing_, options.input);
        if (!options.metadata.empty()) {
            auto metadata = read_metadata(options.metadata, options.metadata_kind);
            if (!options.cut) {
                forget_frames(metadata);
            }
            origins_ = apply_metadata(std::move(metadata), options.metadata, listing_);
            check_names(listing_, options.metadata);
        }
        read_split_folders(listing_);
        note_similar_names(listing_);
    }

    const Listing& listing() const override { return listing_; }
    ImportedClip read(std::size_t clip) override {
        auto read = corpus_->read(origins_.at(clip));
        const auto& listed = listing_.clips[clip];
        if (is_one_of_several(clip) && listed.first_frame >= read.frames()) {
            // The whole clip instead would contain the frames of other entries, too.
            throw DataError{fmt::format("{}: expected frames from {} on as the list says, found {}",
                                        listed.name, listed.first_frame + 1, read.frames())};
        }
        return read;
    }
    std::vector<std::filesystem::path> files(std::size_t clip) const override {
        return corpus_->files(origins_.at(clip));
    }

private:
    /// Whether the list makes several clips of one; such clips are consecutive.
    bool is_one_of_several(std::size_t clip) const {
        return (clip > 0 && origins_[clip - 1] == origins_[clip]) ||
               (clip + 1 < origins_.size() && origins_[clip + 1] == origins_[clip]);
    }
    static void forget_frames(Metadata& metadata) {
        for (auto& entry : metadata.entries) {
            entry.first_frame = 0;
            entry.end_frame = -1;
        }
    }

    std::unique_ptr<Corpus> corpus_;
    Listing listing_;
    std::vector<std::size_t> origins_;  ///< number in `corpus_` of each clip
};

/// Returns the options with the lists that the format itself has, if no others are named.
CorpusOptions with_own_lists(CorpusOptions options) {
    if (options.format == "asl-citizen" && options.metadata.empty()) {
        const auto splits = options.input / "splits";
        options.metadata = (has_entry(splits) ? splits : options.input).string();
        options.metadata_kind = "asl-citizen";
    }
    return options;
}

/// Opens the corpus at one root with its format's own lists. Lists that the user names are applied later.
/// @throws DataError  also if there are no clips
std::unique_ptr<Corpus> open_at(const CorpusOptions& options) {
    auto corpus = options.program.empty() ? readers().at(options.format)(options) : open_with_python(options);
    if (corpus->listing().clips.empty()) {
        throw DataError{options.input, "expected clips to import, found none"};
    }
    if (options.metadata.empty()) {
        return std::make_unique<ListedCorpus>(std::move(corpus), with_own_lists(options));
    }
    return corpus;
}

}  // namespace

const std::vector<std::string>& native_formats() {
    static const auto names = [] {
        std::vector<std::string> all;
        for (const auto& [name, open] : readers()) {
            all.push_back(name);
        }
        return all;
    }();
    return names;
}

const std::vector<std::string>& python_formats() {
    static const std::vector<std::string> names{"kaggle-islr", "openhands"};
    return names;
}

std::unique_ptr<Corpus> open_corpus(const CorpusOptions& options) {
    const auto found = readers().find(options.format);
    if (options.program.empty() && found == readers().end()) {
        throw std::invalid_argument{fmt::format("{}: expected {}", setting("from", options.format),
                                                fmt::join(native_formats(), ", "))};
    }
    if (options.metadata.empty() && options.metadata_kind != "auto") {
        throw std::invalid_argument{fmt::format("{} requires {}, the file or folder of that kind",
                                                setting("metadata-kind", options.metadata_kind),
                                                setting("metadata"))};
    }
    std::unique_ptr<Corpus> opened;
    try {
        opened = open_at(options);
    } catch (const DataError& error) {
        if (const auto advice = advice_on_root(options); !advice.empty()) {
            throw DataError{fmt::format("{}; {}", error.what(), advice)};
        }
        throw;
    }
    if (options.metadata.empty()) {
        return opened;
    }
    return std::make_unique<ListedCorpus>(std::move(opened), options);
}

std::string advice_on_root(const CorpusOptions& options) {
    return advice_on_root(options, open_at);
}

std::unique_ptr<Corpus> open_files(const CorpusOptions& options, const std::vector<std::string>& extensions,
                                   FileCorpus::Read read) {
    Listing listing;
    std::vector<std::filesystem::path> paths;
    for (auto& file : files_under(options.input, extensions, listing)) {
        listing.clips.push_back({.name = file.name, .label = folder_of(file.name)});
        paths.push_back(std::move(file.path));
    }
    return std::make_unique<FileCorpus>(std::move(listing), std::move(paths), std::move(read));
}

}  // namespace sslslr::io
