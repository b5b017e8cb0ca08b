#include "io/import/open_corpus.hpp"

#include <map>
#include <stdexcept>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "io/data_error.hpp"
#include "io/import/file_corpus.hpp"
#include "io/import/metadata.hpp"
#include "io/import/nearby_root.hpp"

namespace sslslr::io {
namespace {

using Open = std::unique_ptr<Corpus> (*)(const CorpusOptions&);

const std::map<std::string, Open>& readers() {
    static const std::map<std::string, Open> all{
        {"asl-citizen", open_asl_citizen}, {"hdf5", open_hdf5}, {"lsfb", open_lsfb},
        {"mp-data", open_mp_data},         {"npy", open_npy},   {"pose", open_pose},
        {"spoter", open_spoter},
    };
    return all;
}

/// @throws DataError  also if there is no clip
std::unique_ptr<Corpus> open_at(const CorpusOptions& options) {
    auto corpus = options.program.empty() ? readers().at(options.format)(options) : open_with_python(options);
    if (corpus->listing().clips.empty()) {
        throw DataError{options.input, "expected clips to import, found none"};
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
        throw std::invalid_argument{fmt::format("no format is called '{}'; there are {}", options.format,
                                                fmt::join(native_formats(), ", "))};
    }
    if (options.metadata.empty() && options.metadata_kind != "auto") {
        throw std::invalid_argument{"--metadata-kind " + options.metadata_kind +
                                    " is of no use without --metadata, the file or folder of that kind"};
    }
    try {
        return open_at(options);
    } catch (const DataError& error) {
        if (const auto advice = advice_on_root(options); !advice.empty()) {
            throw DataError{fmt::format("{}; {}", error.what(), advice)};
        }
        throw;
    }
}

std::string advice_on_root(const CorpusOptions& options) {
    return advice_on_root(options, open_at);
}

void apply_options(const CorpusOptions& options, Listing& listing) {
    if (!options.metadata.empty()) {
        apply_metadata(read_metadata(options.metadata, options.metadata_kind), options.metadata, listing);
    }
    if (!options.cut) {
        for (auto& clip : listing.clips) {
            clip.first_frame = 0;
            clip.end_frame = -1;
        }
    }
}

std::unique_ptr<Corpus> open_files(const CorpusOptions& options, const std::vector<std::string>& extensions,
                                   FileCorpus::Read read) {
    Listing listing;
    std::vector<std::filesystem::path> paths;
    for (auto& file : files_under(options.input, extensions, listing)) {
        listing.clips.push_back({.name = file.name, .label = folder_of(file.name)});
        paths.push_back(std::move(file.path));
    }
    apply_options(options, listing);
    return std::make_unique<FileCorpus>(std::move(listing), std::move(paths), std::move(read));
}

}  // namespace sslslr::io
