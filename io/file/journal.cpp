#include "io/file/journal.hpp"

#include <charconv>
#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "io/file/checksum.hpp"
#include "io/file/json_text.hpp"

namespace sslslr::io {
namespace {

constexpr std::size_t digits = 16;  // of a 64-bit checksum

std::uint64_t checksum_of(std::string_view text) {
    return checksum(std::as_bytes(std::span{text}));
}

std::optional<nlohmann::json> record_of(std::string_view line) {
    std::uint64_t expected = 0;
    if (line.size() <= digits || line[digits] != ' ' ||
        std::from_chars(line.data(), line.data() + digits, expected, 16).ptr != line.data() + digits) {
        return std::nullopt;
    }
    const auto text = line.substr(digits + 1);
    if (checksum_of(text) != expected) {
        return std::nullopt;
    }
    auto record = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
    return record.is_object() ? std::optional{std::move(record)} : std::nullopt;
}

/// Whether a writer died in the middle of the last line.
bool is_torn(const PosixFile& journal, std::uint64_t bytes) {
    std::byte last{'\n'};
    if (bytes > 0) {
        journal.read(bytes - 1, {&last, 1});
    }
    return last != std::byte{'\n'};
}

}  // namespace

void append(const PosixFile& journal, std::span<const nlohmann::json> records, Durability durability) {
    const auto end = journal.bytes();
    std::string lines = is_torn(journal, end) ? "\n" : "";
    for (const auto& record : records) {
        const auto text = json_text(record);
        lines += fmt::format("{:016x} {}\n", checksum_of(text), text);
    }
    try {
        journal.write(end, std::as_bytes(std::span{lines}));
        if (durability == Durability::on_disk) {
            journal.sync();
        }
    } catch (...) {
        journal.truncate(end);
        throw;
    }
}

std::vector<nlohmann::json> JournalReader::read_new() {
    std::vector<nlohmann::json> records;
    if (!std::filesystem::exists(path_)) {
        return records;
    }
    const PosixFile journal{path_};
    const auto bytes = journal.bytes();
    if (bytes <= offset_) {
        return records;
    }
    std::string text(bytes - offset_, '\0');
    journal.read(offset_, std::as_writable_bytes(std::span{text}));
    std::string_view rest{text};
    for (auto end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
        if (auto record = record_of(rest.substr(0, end))) {
            records.push_back(std::move(*record));
        } else {
            ++damaged_;
        }
        offset_ += end + 1;
        rest.remove_prefix(end + 1);
    }
    return records;
}

}  // namespace sslslr::io
