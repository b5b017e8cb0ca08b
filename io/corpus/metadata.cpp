#include "io/corpus/metadata.hpp"

#include <algorithm>
#include <cctype>
#include <span>
#include <stdexcept>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "io/corpus/metadata_lists.hpp"
#include "io/file/data_error.hpp"
#include "io/file/lower_case.hpp"
#include "io/file/posix_file.hpp"
#include "io/file/setting.hpp"
#include "io/file/utf8.hpp"

namespace sslslr::io {
namespace {

namespace fs = std::filesystem;

struct Kind {
    const char* name;
    Metadata (*read)(const fs::path&);
};

constexpr Kind kinds[]{{"lsfb", read_lsfb_lists},  {"lsa64", read_lsa64_words},
                       {"gsl", read_gsl_lists},    {"asl-citizen", read_asl_citizen_lists},
                       {"wlasl", read_wlasl_list}, {"csv", read_csv_list}};

/// Returns the beginning of a file, which is enough to recognise its kind.
std::string beginning_of(const fs::path& path) {
    constexpr std::size_t enough = 400;
    const PosixFile file{path};
    std::string text(std::min<std::size_t>(enough, file.bytes()), '\0');
    file.read(0, std::as_writable_bytes(std::span{text}));
    try {
        return utf8_of_file(text);
    } catch (const std::invalid_argument&) {
        return text;  // its reader reports the problem
    }
}

bool is_asl_citizen(const fs::path& folder) {
    const auto path = folder / "train.csv";
    return fs::exists(path) && lower_case(beginning_of(path)).find("participant") != std::string::npos;
}

std::string kind_of(const fs::path& path) {
    if (fs::is_directory(path)) {
        if (fs::exists(path / "instances.csv")) {
            return "lsfb";
        }
        if (fs::exists(path / "train_greek_iso.csv")) {
            return "gsl";
        }
        if (is_asl_citizen(path)) {
            return "asl-citizen";
        }
        throw DataError{path,
                        fmt::format("expected a folder with instances.csv (LSFB), train_greek_iso.csv (GSL) "
                                    "or the train.csv of ASL Citizen, found none; name the kind with {}",
                                    setting("metadata-kind"))};
    }
    if (lower_case(path.extension().string()) == ".json") {
        return "wlasl";
    }
    const auto begin = beginning_of(path);
    const auto line = begin.substr(0, begin.find('\n'));
    if (!line.empty() && std::isdigit(static_cast<unsigned char>(line.front())) != 0 &&
        line.find_first_of("|,;\t") < 5) {
        return "lsa64";
    }
    return "csv";
}

}  // namespace

std::vector<std::string> metadata_kinds() {
    std::vector<std::string> names;
    for (const auto& kind : kinds) {
        names.emplace_back(kind.name);
    }
    return names;
}

Metadata read_metadata(const fs::path& path, const std::string& kind) {
    if (!fs::exists(path)) {
        throw DataError{path, "expected metadata, found no file or folder of that name"};
    }
    const auto chosen = kind == "auto" ? kind_of(path) : kind;
    const auto* const found = std::ranges::find(kinds, chosen, &Kind::name);
    if (found == std::end(kinds)) {
        throw std::invalid_argument{fmt::format("{}: expected auto, {}", setting("metadata-kind", chosen),
                                                fmt::join(metadata_kinds(), ", "))};
    }
    auto metadata = found->read(path);
    if (metadata.entries.empty() && !metadata.names_tell) {
        throw DataError{path, "expected metadata of the kind " + chosen + ", found no clip in it"};
    }
    return metadata;
}

}  // namespace sslslr::io
