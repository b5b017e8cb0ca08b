#include "io/file/unicode_form.hpp"

#include <cstdint>
#include <unordered_map>

#include "io/file/utf8.hpp"

namespace sslslr::io {
namespace {

/// A combining mark and the letters composed with it, each followed by its base letter.
struct Compositions {
    char32_t mark;
    std::u16string_view pairs;
};

// Unicode's canonical decompositions of U+00C0-024F, 0370-04FF, 1E00-1EFF and 3040-30FF.
constexpr Compositions compositions[]{
    // clang-format off
    {0x0300, u"ÀAÈEÌIÒOÙUàaèeìiòoùuǛÜǜüǸNǹnЀЕЍИѐеѝиḔĒḕēṐŌṑōẀWẁwẦÂầâẰĂằăỀÊềêỒÔồôỜƠờơỪƯừưỲYỳy"},
    {0x0301,
     u"ÁAÉEÍIÓOÚUÝYáaéeíióoúuýyĆCćcĹLĺlŃNńnŔRŕrŚSśsŹZźzǗÜǘüǴGǵgǺÅǻåǼÆǽæǾØǿø΅¨ΆΑΈΕΉΗΊΙΌΟ"
     u"ΎΥΏΩΐϊάαέεήηίιΰϋόούυώωϓϒЃГЌКѓгќкḈÇḉçḖĒḗēḮÏḯïḰKḱkḾMḿmṌÕṍõṒŌṓōṔPṕpṸŨṹũẂWẃwẤÂấâẮĂắă"
     u"ẾÊếêỐÔốôỚƠớơỨƯứư"},
    {0x0302, u"ÂAÊEÎIÔOÛUâaêeîiôoûuĈCĉcĜGĝgĤHĥhĴJĵjŜSŝsŴWŵwŶYŷyẐZẑzẬẠậạỆẸệẹỘỌộọ"},
    {0x0303, u"ÃAÑNÕOãañnõoĨIĩiŨUũuṼVṽvẪÂẫâẴĂẵăẼEẽeỄÊễêỖÔỗôỠƠỡơỮƯữưỸYỹy"},
    {0x0304, u"ĀAāaĒEēeĪIīiŌOōoŪUūuǕÜǖüǞÄǟäǠȦǡȧǢÆǣæǬǪǭǫȪÖȫöȬÕȭõȰȮȱȯȲYȳyӢИӣиӮУӯуḠGḡgḸḶḹḷṜṚṝṛ"},
    {0x0306, u"ĂAăaĔEĕeĞGğgĬIĭiŎOŏoŬUŭuЎУЙИйиўуӁЖӂжӐАӑаӖЕӗеḜȨḝȩẶẠặạ"},
    {0x0307,
     u"ĊCċcĖEėeĠGġgİIŻZżzȦAȧaȮOȯoḂBḃbḊDḋdḞFḟfḢHḣhṀMṁmṄNṅnṖPṗpṘRṙrṠSṡsṤŚṥśṦŠṧšṨṢṩṣṪTṫtẆW"
     u"ẇwẊXẋxẎYẏyẛſ"},
    {0x0308,
     u"ÄAËEÏIÖOÜUäaëeïiöoüuÿyŸYΪΙΫΥϊιϋυϔϒЁЕЇІёеїіӒАӓаӚӘӛәӜЖӝжӞЗӟзӤИӥиӦОӧоӪӨӫөӬЭӭэӰУӱуӴЧ"
     u"ӵчӸЫӹыḦHḧhṎÕṏõṺŪṻūẄWẅwẌXẍxẗt"},
    {0x0309, u"ẢAảaẨÂẩâẲĂẳăẺEẻeỂÊểêỈIỉiỎOỏoỔÔổôỞƠởơỦUủuỬƯửưỶYỷy"},
    {0x030A, u"ÅAåaŮUůuẘwẙy"},
    {0x030B, u"ŐOőoŰUűuӲУӳу"},
    {0x030C, u"ČCčcĎDďdĚEěeĽLľlŇNňnŘRřrŠSšsŤTťtŽZžzǍAǎaǏIǐiǑOǒoǓUǔuǙÜǚüǦGǧgǨKǩkǮƷǯʒǰjȞHȟh"},
    {0x030F, u"ȀAȁaȄEȅeȈIȉiȌOȍoȐRȑrȔUȕuѶѴѷѵ"},
    {0x0311, u"ȂAȃaȆEȇeȊIȋiȎOȏoȒRȓrȖUȗu"},
    {0x031B, u"ƠOơoƯUưu"},
    {0x0323, u"ḄBḅbḌDḍdḤHḥhḲKḳkḶLḷlṂMṃmṆNṇnṚRṛrṢSṣsṬTṭtṾVṿvẈWẉwẒZẓzẠAạaẸEẹeỊIịiỌOọoỢƠợơỤUụuỰƯựưỴYỵy"},
    {0x0324, u"ṲUṳu"},
    {0x0325, u"ḀAḁa"},
    {0x0326, u"ȘSșsȚTțt"},
    {0x0327, u"ÇCçcĢGģgĶKķkĻLļlŅNņnŖRŗrŞSşsŢTţtȨEȩeḐDḑdḨHḩh"},
    {0x0328, u"ĄAąaĘEęeĮIįiŲUųuǪOǫo"},
    {0x032D, u"ḒDḓdḘEḙeḼLḽlṊNṋnṰTṱtṶUṷu"},
    {0x032E, u"ḪHḫh"},
    {0x0330, u"ḚEḛeḬIḭiṴUṵu"},
    {0x0331, u"ḆBḇbḎDḏdḴKḵkḺLḻlṈNṉnṞRṟrṮTṯtẔZẕzẖh"},
    {0x3099,
     u"がかぎきぐくげけごこざさじしずすぜせぞそだたぢちづつでてどとばはびひぶふべへぼほ"
     u"ゔうゞゝガカギキグクゲケゴコザサジシズスゼセゾソダタヂチヅツデテドトバハビヒブフ"
     u"ベヘボホヴウヷワヸヰヹヱヺヲヾヽ"},
    {0x309A, u"ぱはぴひぷふぺへぽほパハピヒプフペヘポホ"},
    // clang-format on
};

struct Parts {
    char32_t letter;
    char32_t mark;
};

const std::unordered_map<char32_t, Parts>& parts_of_letters() {
    static const auto all = [] {
        std::unordered_map<char32_t, Parts> map;
        for (const auto& [mark, pairs] : compositions) {
            for (std::size_t i = 0; i + 1 < pairs.size(); i += 2) {
                map.emplace(pairs[i], Parts{pairs[i + 1], mark});
            }
        }
        return map;
    }();
    return all;
}

/// Returns the character that starts at `at` in a valid UTF-8 text, and moves `at` behind it.
char32_t take_character(std::string_view text, std::size_t& at) {
    const auto byte = [&] { return static_cast<unsigned char>(text[at++]); };
    const auto first = byte();
    if (first < 0x80) {
        return first;
    }
    const int more = first < 0xE0 ? 1 : first < 0xF0 ? 2 : 3;
    char32_t point = first & (0x3FU >> more);
    for (int i = 0; i < more; ++i) {
        point = (point << 6) | (byte() & 0x3FU);
    }
    return point;
}

void append_decomposed(std::string& text, char32_t point) {
    constexpr char32_t first_syllable = 0xAC00;
    constexpr char32_t last_syllable = 0xD7A3;
    constexpr char32_t vowels = 21;
    constexpr char32_t finals = 28;
    if (point >= first_syllable && point <= last_syllable) {
        const auto number = point - first_syllable;
        append_utf8(text, 0x1100 + number / (vowels * finals));
        append_utf8(text, 0x1161 + number / finals % vowels);
        if (number % finals != 0) {
            append_utf8(text, 0x11A7 + number % finals);
        }
        return;
    }
    const auto& parts = parts_of_letters();
    if (const auto found = parts.find(point); found != parts.end()) {
        append_decomposed(text, found->second.letter);
        append_utf8(text, found->second.mark);
    } else {
        append_utf8(text, point);
    }
}

}  // namespace

std::string decomposed(std::string_view text) {
    if (!is_utf8(text)) {
        return std::string{text};
    }
    std::string result;
    for (std::size_t at = 0; at < text.size();) {
        append_decomposed(result, take_character(text, at));
    }
    return result;
}

}  // namespace sslslr::io
