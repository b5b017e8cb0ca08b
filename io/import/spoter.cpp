#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include <fmt/format.h>

#include "io/data_error.hpp"
#include "io/import/file_corpus.hpp"
#include "io/import/point_order.hpp"
#include "io/import/text_table.hpp"

// SPOTER's CSV: a row a clip, a cell the list of T numbers of one coordinate of one point, columns POINT_X and POINT_Y,
// `labels` from 1; hands _0 (left) and _1 (right), or _left_ and _right_. Source: matyasbohacek/spoter,
// datasets/czech_slr_dataset.py and normalization/.
namespace sslslr::io {
namespace {

namespace fs = std::filesystem;

struct PointName {
    std::string_view theirs;
    std::string_view ours;
};

// Its neck has no counterpart.
constexpr std::array<PointName, 11> body_names{{{"nose", "nose"},
                                                {"rightEye", "right_eye"},
                                                {"leftEye", "left_eye"},
                                                {"rightEar", "right_ear"},
                                                {"leftEar", "left_ear"},
                                                {"rightShoulder", "right_shoulder"},
                                                {"leftShoulder", "left_shoulder"},
                                                {"rightElbow", "right_elbow"},
                                                {"leftElbow", "left_elbow"},
                                                {"rightWrist", "right_wrist"},
                                                {"leftWrist", "left_wrist"}}};
constexpr std::array<PointName, 21> hand_names{{{"wrist", "wrist"},
                                                {"indexTip", "index_finger_tip"},
                                                {"indexDIP", "index_finger_dip"},
                                                {"indexPIP", "index_finger_pip"},
                                                {"indexMCP", "index_finger_mcp"},
                                                {"middleTip", "middle_finger_tip"},
                                                {"middleDIP", "middle_finger_dip"},
                                                {"middlePIP", "middle_finger_pip"},
                                                {"middleMCP", "middle_finger_mcp"},
                                                {"ringTip", "ring_finger_tip"},
                                                {"ringDIP", "ring_finger_dip"},
                                                {"ringPIP", "ring_finger_pip"},
                                                {"ringMCP", "ring_finger_mcp"},
                                                {"littleTip", "pinky_tip"},
                                                {"littleDIP", "pinky_dip"},
                                                {"littlePIP", "pinky_pip"},
                                                {"littleMCP", "pinky_mcp"},
                                                {"thumbTip", "thumb_tip"},
                                                {"thumbIP", "thumb_ip"},
                                                {"thumbMP", "thumb_mcp"},
                                                {"thumbCMC", "thumb_cmc"}}};

/// Where a column's values go: the place of x or y in an imported frame.
struct Target {
    std::size_t column;
    std::size_t place;
};

std::vector<Target> targets_of(const TextTable& table) {
    std::vector<Target> targets;
    const auto add = [&](const std::vector<std::string>& theirs, const std::string& ours) {
        const auto point = static_cast<std::size_t>(holistic_point(ours));
        for (std::size_t axis = 0; axis < 2; ++axis) {
            for (const auto& name : theirs) {
                if (const auto column = table.find({name + (axis == 0 ? "_X" : "_Y")})) {
                    targets.push_back({*column, point * import_coordinates + axis});
                    break;
                }
            }
        }
    };
    for (const auto& name : body_names) {
        add({std::string{name.theirs}}, "pose." + std::string{name.ours});
    }
    for (const auto& name : hand_names) {
        const std::string theirs{name.theirs};
        add({theirs + "_0", theirs + "_left"}, "left_hand." + std::string{name.ours});
        add({theirs + "_1", theirs + "_right"}, "right_hand." + std::string{name.ours});
    }
    if (targets.empty()) {
        throw DataError{table.path(),
                        "expected SPOTER's columns (nose_X, wrist_0_X, ...), found none of them"};
    }
    return targets;
}

/// The numbers of a list literal "[0.5, 0.25]".
std::vector<float> numbers_of(const TextTable& table, std::size_t row, std::size_t column) {
    const auto& text = table.row(row)[column];
    std::vector<float> numbers;
    const auto* at = text.data();
    const auto* const end = at + text.size();
    while (at != end) {
        if (*at == '[' || *at == ']' || *at == ',' || *at == ' ' || *at == '+') {
            ++at;
            continue;
        }
        float number = 0;
        const auto [next, error] = std::from_chars(at, end, number);
        if (error == std::errc::invalid_argument) {
            throw DataError{table.path(),
                            fmt::format("row {}, column {}: expected a list of numbers, found '{}'", row + 2,
                                        table.columns()[column], text.substr(0, 40))};
        }
        numbers.push_back(number);
        at = next;
    }
    return numbers;
}

class SpoterCorpus final : public Corpus {
public:
    explicit SpoterCorpus(const CorpusOptions& options) {
        for (const auto& file : files_under(options.input, {".csv"}, listing_)) {
            add_table(TextTable{file.path, ',', true}, file.name);
        }
        std::set<std::string> labels;
        for (const auto& clip : listing_.clips) {
            labels.insert(clip.label);
        }
        listing_.labels.assign(labels.begin(), labels.end());
        std::ranges::sort(listing_.labels, naturally_less);
        apply_options(options, listing_);
    }

    const Listing& listing() const override { return listing_; }

    ImportedClip read(std::size_t clip) override {
        const auto& [number, row] = rows_.at(clip);
        const auto& table = tables_[number];
        ImportedClip imported;
        std::size_t frames = 0;
        for (const auto& target : targets_[number]) {
            const auto numbers = numbers_of(table, row, target.column);
            if (&target == &targets_[number].front()) {
                frames = numbers.size();
                imported.landmarks.assign(frames * import_frame_values, not_detected);
            } else if (numbers.size() != frames) {
                throw DataError{table.path(),
                                fmt::format("row {}, column {}: expected {} numbers as in the row's "
                                            "other lists, found {}",
                                            row + 2, table.columns()[target.column], frames, numbers.size())};
            }
            for (std::size_t frame = 0; frame < frames; ++frame) {
                imported.landmarks[frame * import_frame_values + target.place] = numbers[frame];
            }
        }
        mark_missing(imported, Missing::zero_points);
        return imported;
    }

private:
    /// A file is a split of its own, named as the file.
    void add_table(TextTable table, const std::string& name) {
        const auto label = table.column({"labels", "label"});
        const auto signer = table.find({"signer", "signer_id"});
        const auto fps = table.find({"video_fps", "fps"});
        for (std::size_t row = 0; row < table.rows(); ++row) {
            ListedClip clip{.name = fmt::format("{}/{}", name, row), .label = table.row(row)[label]};
            clip.signer = signer ? table.row(row)[*signer] : "";
            if (fps) {
                const auto& text = table.row(row)[*fps];
                std::from_chars(text.data(), text.data() + text.size(), clip.fps);
                clip.fps = clip.fps > 0 && clip.fps < 1000 ? clip.fps : 0;
            }
            listing_.splits[name].push_back(clip.name);
            listing_.clips.push_back(std::move(clip));
            rows_.emplace_back(tables_.size(), row);
        }
        targets_.push_back(targets_of(table));
        tables_.push_back(std::move(table));
    }

    Listing listing_;
    std::vector<TextTable> tables_;
    std::vector<std::vector<Target>> targets_;               ///< one list a table
    std::vector<std::pair<std::size_t, std::size_t>> rows_;  ///< table and row of each clip
};

}  // namespace

std::unique_ptr<Corpus> open_spoter(const CorpusOptions& options) {
    return std::make_unique<SpoterCorpus>(options);
}

}  // namespace sslslr::io
