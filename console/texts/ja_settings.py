"""The console's own words in Japanese for accounts, the quota, clean-up and choosing, by the English ones."""

from typing import Final

JAPANESE: Final[dict[str, str]] = {
    "Dead letters": "デッドレター",
    "Invocations of functions that were given up, the oldest first. What timers make up for by themselves,"
    " such as a scan, may be dropped; look at the others.": (
        "あきらめられた関数の呼び出し、古い順。タイマーが自ら補うもの（スキャンなど）は破棄してかまいません。ほかは確認してください。"
    ),
    "Function": "関数",
    "Tries": "試行回数",
    "Show, run again or drop one:": "表示、再実行、または破棄：",
    "There are none.": "ありません。",
    "Choose other certificates": "他の証明書を選ぶ",
    "Other certificates": "他の証明書",
    (
        "Those that are ticked are the job's. Its slots are planned anew for them: what they do not"
        " cover, or need not change, is no longer in the job."
    ): (
        "チェックした証明書がジョブの証明書になります。配置先は改めて計画され、対象外や変更不要のも"
        "のはジョブから外れます。"
    ),
    "{n} chosen": "{n} 件選択",
    "No certificate that can be deployed fits.": "条件に合う配置可能な証明書はありません。",
    "Who writes": "実行者",
    "as configured": "設定どおり",
    "direct": "直接（direct）",
    "cas": "CAS（cas）",
    "Left empty: all at once.": "空欄：一度にすべて。",
    "Role": "ロール",
    "Do they let us in?": "アクセスできるか",
    "Another account": "別のアカウント",
    (
        "A role there that may be assumed from here, and its name in CERTDEPLOY_ACCOUNTS (in a"
        " stack: the parameter Accounts), whoever starts the console or the functions. The policy"
        " of the role:"
    ): (
        "相手のアカウントにここから引き受けられるロールを作り、コンソールと関数を起動する環境の CER"
        "TDEPLOY_ACCOUNTS（スタックではパラメータ Accounts）に書きます。ロールのポリシー："
    ),
    "its role is assumed, its CAS is read": "ロールを引き受け、CAS を読めます",
    "No account but the own one is looked after.": "自アカウント以外は対象にしていません。",
    "Each role is assumed with the key at hand, and one list is read there. Nothing is changed.": (
        "手元のキーで各ロールを引き受け、一覧を一つ読みます。何も変更しません。"
    ),
    "Quota of deployments": "配置の割り当て",
    "{left} of {bought} left": "残り {left} / {bought}",
    "{n} used by ended jobs": "終了したジョブが {n} 使用",
    "{n} used by running ones": "実行中のジョブが {n} 使用",
    "{n} reserved": "予約 {n}",
    "Advisory: no job is charged; previews say what the vendor would charge.": (
        "参考のみ：ジョブは消費しません。プレビューはベンダーの消費数を示します。"
    ),
    "Enforced: a job is submitted only if enough is left.": (
        "強制：残りが足りるときだけジョブを送信できます。"
    ),
    "Open jobs": "未終了のジョブ",
    "Reserved": "予約",
    "Used": "使用",
    "Given back": "返却",
    "Add a package that was bought": "購入したパッケージを追加",
    "Package": "パッケージ",
    "Deployments": "配置回数",
    "Note, such as the number of the order": "メモ（注文番号など）",
    "Packages are not taken away again.": "追加したパッケージは取り消せません。",
    "Add": "追加",
    "Set": "設定する",
    "Mode and shared certificates": "モードと共有証明書",
    "Mode": "モード",
    "advisory": "参考のみ（advisory）",
    "enforced": "強制（enforced）",
    "Ids of certificates that are free, since they were shared with this account": (
        "このアカウントに共有され無料である証明書の ID"
    ),
    "not free any more": "無料でなくする",
    "Free, since shared:": "共有のため無料：",
    "When": "日時",
    "Bought": "購入",
    "Released": "解放",
    "Nothing yet.": "まだありません。",
    "Clean-up": "整理",
    "Clean-up of certificates": "証明書の整理",
    (
        "An uploaded certificate may go if no slot and no address of its names serves it, no job"
        " needs it, and it has ended or another takes its place."
    ): (
        "アップロードした証明書は、どの配置先もその名前のどのアドレスも使わず、必要とするジョブがな"
        "く、期限切れか後継がある場合に削除できます。"
    ),
    "Nothing can be deleted:": "何も削除できません：",
    "Keep what jobs of so long may be rolled back to": "この期間のジョブが戻せる証明書を残す",
    "Look": "調べる",
    "{n} may be deleted": "{n} 件を削除可能",
    "{n} stay": "{n} 件は残す",
    "Choose all of this page": "このページをすべて選ぶ",
    "Look at the chosen ones": "選んだものを確認",
    "None of these may be deleted.": "削除できるものはありません。",
    "Delete {n} for good": "{n} 件を完全に削除",
    "{n} of {total} are deleted.": "{total} 件中 {n} 件を削除しました。",
    "delete": "削除",
    "keep": "残す",
    "kept": "残しました",
    "deleted": "削除済み",
    "The console does not answer: what is shown may be old. It is asked again.": (
        "コンソールが応答しません。表示は古い可能性があります。再試行しています。"
    ),
    "Webhook": "Webhook",
    "Jobs are being looked through. It comes by itself in a moment.": (
        "ジョブを調べています。まもなく自動で表示されます。"
    ),
    "{n} earlier jobs were not looked into.": "それ以前のジョブ {n} 件は調べていません。",
    "Job {job}, which is no longer stored, put {certificate} there.": (
        "もう保存されていないジョブ {job} が {certificate} を配置しました。"
    ),
    "This cannot be shown": "表示できません",
    "{n} certificates are deleted with their keys, for good. Each is looked at once more before.": (
        "証明書 {n} 件を鍵とともに完全に削除します。削除前にそれぞれもう一度確認します。"
    ),
    "So may a copy of one in a product's own store, if CAS has it or certdeploy put it there.": (
        "製品自身の保管場所にある写しも、CAS にあるか certdeploy が置いたものなら削除できます。"
    ),
    "Place": "場所",
    "Not looked at:": "未確認：",
    "In products' own stores": "製品自身の保管場所",
}
