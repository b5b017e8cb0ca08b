#include "src/import/import_pieces.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <span>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "io/corpus/point_order.hpp"
#include "io/file/counted.hpp"
#include "io/file/data_error.hpp"
#include "io/file/json_text.hpp"
#include "io/file/setting.hpp"
#include "io/store/store_writer.hpp"
#include "src/import/clip_frames.hpp"

namespace sslslr {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr auto facts_attribute = "import_facts";
constexpr std::size_t left_shoulder = 11;
constexpr std::size_t right_shoulder = 12;

json to_json(const PieceFacts& facts) {
    json left_out = json::array();
    for (const auto& each : facts.left_out) {
        left_out.push_back({each.clip, io::as_options(each.reason)});
    }
    json repairs = json::object();
    for (const auto& [repair, clips] : facts.repairs) {
        repairs[io::as_options(repair)] = clips;
    }
    return {{"left_out", std::move(left_out)},
            {"repairs", std::move(repairs)},
            {"clips_without_hands", facts.clips_without_hands},
            {"clips_without_shoulders", facts.clips_without_shoulders},
            {"clips_trimmed", facts.clips_trimmed},
            {"frames_trimmed", facts.frames_trimmed},
            {"seen_points", facts.seen_points}};
}

std::string text_in(const fs::path& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

bool is_piece(const fs::path& path) {
    const auto name = path.filename().string();
    return name.starts_with("piece-") && (name.ends_with(".h5") || name.ends_with(".h5.partial"));
}

}  // namespace

ImportPieces::ImportPieces(fs::path folder, std::string key, std::int64_t clips, std::int64_t clips_per_piece)
    : folder_{std::move(folder)}, key_{std::move(key)}, clips_{clips}, clips_per_piece_{clips_per_piece} {}

std::int64_t ImportPieces::begin(bool discards_others) {
    std::error_code error;
    fs::create_directories(folder_, error);
    if (error) {
        throw io::DataError{folder_,
                            "cannot create this folder for the pieces of the import: " + error.message()};
    }
    lock_.emplace(lock_file(), io::PosixFile::Access::create);
    if (!lock_->try_lock()) {
        throw io::DataError{
            folder_, "another process is importing to the same output: wait for it, or name another output"};
    }
    fs::remove(failure_file());
    if (text_in(key_file()) != key_) {
        remove_others(discards_others);
        io::write_text(key_file(), key_);
    }
    return clips_done();
}

void ImportPieces::remove_others(bool discards_others) const {
    if (const auto clips = clips_with_frames(); clips > 0 && !discards_others) {
        throw io::DataError{
            folder_, fmt::format("holds {} of an interrupted import with other options, by another "
                                 "version of the program or of a corpus that has changed since: repeat that "
                                 "command with that version to resume it, or discard the clips with {}",
                                 io::counted(clips, "clip"), io::setting("force"))};
    }
    for (const auto& each : fs::directory_iterator{folder_}) {
        if (is_piece(each.path())) {
            fs::remove(each.path());
        }
    }
}

/// Counts the clips of complete pieces, under any key. Unfinished or damaged pieces are of no use.
std::int64_t ImportPieces::clips_with_frames() const {
    std::int64_t clips = 0;
    for (const auto& each : fs::directory_iterator{folder_}) {
        if (is_piece(each.path()) && each.path().extension() == ".h5") {
            try {
                const auto store = io::ClipStore::open({each.path().string()});
                clips += store.index().frames() > 0 ? store.index().clips() : 0;
            } catch (const io::DataError&) {
            }
        }
    }
    return clips;
}

std::int64_t ImportPieces::count() const {
    return (clips_ + clips_per_piece_ - 1) / clips_per_piece_;
}

std::int64_t ImportPieces::end_clip(std::int64_t piece) const {
    return std::min(clips_, first_clip(piece) + clips_per_piece_);
}

fs::path ImportPieces::path(std::int64_t piece) const {
    return folder_ / fmt::format("piece-{:07}.h5", piece);
}

std::int64_t ImportPieces::clips_done() const {
    std::int64_t pieces = 0;
    std::error_code error;  // ignored: this is only for progress
    // A single listing is faster than checking each piece.
    for (fs::directory_iterator each{folder_, error}, end; !error && each != end; each.increment(error)) {
        pieces += each->path().extension() == ".h5" ? 1 : 0;
    }
    return std::min(clips_, pieces * clips_per_piece_);
}

io::ClipStore ImportPieces::open(std::int64_t piece) const {
    return io::ClipStore::open({path(piece).string()});
}

bool ImportPieces::is_complete(std::int64_t piece) const {
    if (!fs::exists(path(piece))) {
        return false;
    }
    try {
        const auto store = open(piece);
        std::vector<float> values(static_cast<std::size_t>(store.index().frames()) * io::import_points *
                                  static_cast<std::size_t>(store.index().coordinates));
        store.read(0, store.index().clips(), values);
        return facts_of(store).left_out.empty();
    } catch (const io::DataError&) {
        return false;
    }
}

PieceFacts ImportPieces::facts_of(const io::ClipStore& piece) {
    const auto& attributes = piece.index().attributes;
    const auto found = attributes.find(facts_attribute);
    const auto content = json::parse(found == attributes.end() ? "" : found->second, nullptr, false);
    if (!content.is_object()) {
        throw io::DataError{piece.files().front(), "expected a piece of an import, found another store"};
    }
    PieceFacts facts{.repairs = content.at("repairs"),
                     .clips_without_hands = content.at("clips_without_hands"),
                     .clips_without_shoulders = content.at("clips_without_shoulders"),
                     .clips_trimmed = content.at("clips_trimmed"),
                     .frames_trimmed = content.at("frames_trimmed"),
                     .seen_points = content.at("seen_points")};
    for (const auto& each : content.at("left_out")) {
        facts.left_out.push_back({.clip = each.at(0), .reason = each.at(1)});
    }
    return facts;
}

void ImportPieces::tell_failure() const noexcept {
    std::ofstream{failure_file()};  // may fail on a full disk; then each rank fails by itself
}

bool ImportPieces::has_failed() const {
    return fs::exists(failure_file());
}

void ImportPieces::remove() const {
    for (std::int64_t piece = 0; piece < count(); ++piece) {
        fs::remove(path(piece));
    }
    fs::remove(failure_file());
    fs::remove(key_file());
    fs::remove(lock_file());
    std::error_code left;  // the folder stays if it holds other files
    fs::remove(folder_, left);
}

PieceBuilder::PieceBuilder(std::int64_t coordinates, bool is_float16)
    : coordinates_{coordinates}, is_float16_{is_float16} {
    index_.offsets = {0};
    index_.point_names = io::holistic_point_names();
    index_.coordinates = coordinates;
    index_.attributes["coordinates"] = coordinates == 2 ? "x,y" : "x,y,z";
    facts_.seen_points.assign(io::import_points, '0');
}

void PieceBuilder::add(std::int64_t number, const io::ImportedClip& clip, std::int64_t trimmed, double fps) {
    const auto kept = static_cast<std::size_t>(coordinates_);
    bool has_hand = false;
    bool has_left_shoulder = false;
    bool has_right_shoulder = false;
    for (std::size_t at = 0; at < clip.landmarks.size(); at += io::import_coordinates) {
        const auto point = at / io::import_coordinates % io::import_points;
        if (!std::isnan(clip.landmarks[at])) {
            facts_.seen_points[point] = '1';
            has_hand = has_hand || point >= hands_begin;
            has_left_shoulder = has_left_shoulder || point == left_shoulder;
            has_right_shoulder = has_right_shoulder || point == right_shoulder;
        }
        values_.insert(values_.end(), clip.landmarks.data() + at, clip.landmarks.data() + at + kept);
    }
    for (const auto& repair : clip.repairs) {
        ++facts_.repairs[repair];
    }
    facts_.clips_without_hands += has_hand ? 0 : 1;
    facts_.clips_without_shoulders += has_hand && !(has_left_shoulder && has_right_shoulder) ? 1 : 0;
    facts_.clips_trimmed += trimmed > 0 ? 1 : 0;
    facts_.frames_trimmed += trimmed;
    begins_.push_back(values_.size());
    index_.offsets.push_back(index_.offsets.back() + clip.frames());
    index_.labels.push_back(-1);
    index_.signers.push_back(-1);
    index_.ids.push_back(number);
    index_.fps.push_back(fps);
}

void PieceBuilder::write(const fs::path& path) const {
    auto index = index_;
    index.attributes[facts_attribute] = io::json_text(to_json(facts_));
    io::write_store(
        path, index,
        [this](std::int64_t clip, std::span<float> out) {
            const auto begin = begins_[static_cast<std::size_t>(clip)];
            std::copy_n(values_.data() + begin, out.size(), out.data());
        },
        {.is_float16 = is_float16_}, io::Durability::handed_over);  // resuming checks every byte
}

}  // namespace sslslr
